package org.jetfanout.service.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Quoted;

/** Addresses and networks that service.yml names, such as 127.0.0.1 or 10.0.0.0/8. Immutable. */
public final class Networks {
    /** Only literal addresses: names would be looked up. */
    private static final Pattern LITERAL =
            Pattern.compile("[0-9.]{7,15}|[0-9a-fA-F]*:[0-9a-fA-F:.]*");

    private final List<Network> networks;

    /** The first bits of an address. Two are never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Network(byte[] address, int bits) {
        boolean has(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit & 7);
                if (((address[bit >> 3] ^ other[bit >> 3]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private Networks(List<Network> networks) {
        this.networks = List.copyOf(networks);
    }

    /** No network. */
    public static Networks none() {
        return new Networks(List.of());
    }

    /**
     * Reads a list of addresses and networks.
     *
     * @param what the name of the list in an error
     */
    public static Networks read(YamlValue list, String what) {
        List<Network> networks = new ArrayList<>();
        for (YamlValue item : list.sequence(what)) {
            String text = item.text(what);
            networks.add(
                    parse(text)
                            .orElseThrow(
                                    () ->
                                            item.error(
                                                    what
                                                            + " must have addresses such as"
                                                            + " 127.0.0.1 or 10.0.0.0/8, not "
                                                            + Quoted.of(text))));
        }
        return new Networks(networks);
    }

    private static Optional<Network> parse(String text) {
        String[] parts = text.split("/", -1);
        Optional<byte[]> address = address(parts[0]);
        if (address.isEmpty() || parts.length > 2) {
            return Optional.empty();
        }
        int most = address.get().length * 8;
        if (parts.length == 1) {
            return Optional.of(new Network(address.get(), most));
        }
        if (!parts[1].matches("\\d{1,3}") || Integer.parseInt(parts[1]) > most) {
            return Optional.empty();
        }
        return Optional.of(new Network(address.get(), Integer.parseInt(parts[1])));
    }

    /** The bytes of a literal address; empty where it is none. */
    private static Optional<byte[]> address(String text) {
        String plain = text.replaceFirst("%.*", "");
        if (!LITERAL.matcher(plain).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(plain).getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Whether one of the networks has this literal address. */
    public boolean has(String address) {
        return address(address)
                .map(bytes -> networks.stream().anyMatch(network -> network.has(bytes)))
                .orElse(false);
    }

    /** Whether a literal address is that of this machine. */
    public static boolean isLoopback(String address) {
        return address(address)
                .map(
                        bytes -> {
                            try {
                                return InetAddress.getByAddress(bytes).isLoopbackAddress();
                            } catch (UnknownHostException e) {
                                return false;
                            }
                        })
                .orElse(false);
    }
}
