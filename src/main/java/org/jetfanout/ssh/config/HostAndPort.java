package org.jetfanout.ssh.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * {@code host}, {@code host:port} or {@code [IPv6]:port}.
 *
 * @param host name or address
 * @param port 0 where there is none
 */
public record HostAndPort(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([^\\[\\]]+)\\]|([^\\[\\]:]+))(?::(\\d{1,5}))?");

    /**
     * Parses {@code host}, {@code host:port} or {@code [address]:port}.
     *
     * @param where the place, for errors
     * @throws ConfigurationException for any other form
     */
    public static HostAndPort parse(String text, String where) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new ConfigurationException(
                    where + ": not a host and port: '" + Quoted.excerpt(text) + "'");
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return new HostAndPort(
                host, matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3)));
    }
}
