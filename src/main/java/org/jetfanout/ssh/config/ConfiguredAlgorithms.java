package org.jetfanout.ssh.config;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.text.Quoted;

/**
 * The algorithms in ssh_config, each list with its line. Lists that it does not have are left to
 * our defaults.
 *
 * @param lists the lists, by keyword
 * @param requiredRsaBits the length of the shortest RSA key that may be used; 0 where ssh_config
 *     has none
 */
public record ConfiguredAlgorithms(Map<ConfigKeyword, ConfigLine> lists, int requiredRsaBits) {
    private static final List<ConfigKeyword> LISTS =
            List.of(
                    ConfigKeyword.KEX,
                    ConfigKeyword.CIPHERS,
                    ConfigKeyword.MACS,
                    ConfigKeyword.HOST_KEY_ALGORITHMS,
                    ConfigKeyword.PUBKEY_ALGORITHMS,
                    ConfigKeyword.CA_ALGORITHMS);

    /** ssh_config says nothing. */
    public static final ConfiguredAlgorithms NONE = new ConfiguredAlgorithms(Map.of(), 0);

    /** Copies the map. */
    public ConfiguredAlgorithms {
        lists = Map.copyOf(lists);
    }

    static ConfiguredAlgorithms of(ConfigValues said) {
        Map<ConfigKeyword, ConfigLine> lists = new EnumMap<>(ConfigKeyword.class);
        for (ConfigKeyword keyword : LISTS) {
            if (said.line(keyword) != null) {
                lists.put(keyword, said.line(keyword));
            }
        }
        ConfigLine size = said.line(ConfigKeyword.REQUIRED_RSA_SIZE);
        return new ConfiguredAlgorithms(lists, size == null ? 0 : bits(size));
    }

    private static int bits(ConfigLine line) {
        try {
            return Integer.parseInt(line.word());
        } catch (NumberFormatException e) {
            throw line.error("is not a number of bits: '" + Quoted.excerpt(line.word()) + "'");
        }
    }
}
