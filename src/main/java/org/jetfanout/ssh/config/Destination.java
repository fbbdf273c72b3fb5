package org.jetfanout.ssh.config;

import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * A machine to log in to, as the inventory names it.
 *
 * @param name in messages
 * @param host its address, its DNS name, or an alias of ssh_config
 * @param port 0 to use that of ssh_config, or else 22
 * @param user empty to use that of ssh_config, or else the local user
 */
public record Destination(String name, String host, int port, String user) {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.:%][A-Za-z0-9_.:%-]*");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_.][A-Za-z0-9_.@+\\\\-]*[$]?");

    /**
     * Checks the values.
     *
     * @throws ConfigurationException for an invalid address, port or user name, or one that a later
     *     program could take for something else (an option, a path)
     */
    public Destination {
        if (!HOST.matcher(host).matches()) {
            throw new ConfigurationException(
                    "worker " + quoted(name) + ": not an address: " + quoted(host));
        }
        if (port < 0 || port > 65535) {
            throw new ConfigurationException("worker " + quoted(name) + ": not a port: " + port);
        }
        if (!user.isEmpty() && (!USER.matcher(user).matches() || user.contains(".."))) {
            throw new ConfigurationException(
                    "worker " + quoted(name) + ": not a user name: " + quoted(user));
        }
    }

    private static String quoted(String text) {
        return "'" + Quoted.excerpt(text) + "'";
    }
}
