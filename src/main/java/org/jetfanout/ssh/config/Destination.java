package org.jetfanout.ssh.config;

import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * A machine to log in to, as the inventory names it.
 *
 * @param name what messages call it
 * @param host its address, its DNS name, or an alias of ssh_config
 * @param port 0 leaves it to ssh_config (22 where that says nothing)
 * @param user empty leaves it to ssh_config (the local user where that says nothing)
 */
public record Destination(String name, String host, int port, String user) {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.:%][A-Za-z0-9_.:%-]*");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_.][A-Za-z0-9_.@+\\\\-]*[$]?");

    /**
     * @throws ConfigurationException for an address, port or user name that cannot be one, or that
     *     could be taken for something else further on (an option, a path)
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
