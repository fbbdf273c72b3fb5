package org.jetfanout.ssh;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.BuiltinKEM;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.kex.MontgomeryCurve;
import org.apache.sshd.common.kex.XDH;

/**
 * All key exchanges. The post-quantum ones need Bouncy Castle, except ML-KEM on a JDK that has it
 * (24 and newer). The classes of Bouncy Castle are loaded only when a server has chosen such an
 * exchange. To ask MINA which ones it supports would load them.
 */
public final class KeyExchanges {
    private static final String ML_KEM = "mlkem768x25519-sha256";

    /** The usual ones in OpenSSH's order. */
    public static final List<String> USUAL =
            List.of(
                    ML_KEM,
                    "sntrup761x25519-sha512",
                    "sntrup761x25519-sha512@openssh.com",
                    "curve25519-sha256",
                    "curve25519-sha256@libssh.org",
                    "ecdh-sha2-nistp256",
                    "ecdh-sha2-nistp384",
                    "ecdh-sha2-nistp521",
                    "diffie-hellman-group-exchange-sha256",
                    "diffie-hellman-group16-sha512",
                    "diffie-hellman-group18-sha512",
                    "diffie-hellman-group14-sha256");

    private KeyExchanges() {}

    /**
     * The names of all key exchanges, the usual ones first. The others are used only where
     * ssh_config names them.
     */
    static Set<String> names() {
        Set<String> names = new LinkedHashSet<>(USUAL);
        for (BuiltinDHFactories factory : BuiltinDHFactories.VALUES) {
            names.add(factory.getName());
        }
        return names;
    }

    /** Whether an exchange also protects against quantum computers. */
    static boolean postQuantum(String name) {
        return name.startsWith("mlkem") || name.startsWith("sntrup");
    }

    static KeyExchangeFactory factory(String name) {
        return ClientBuilder.DH2KEX.apply(
                name.equals(ML_KEM)
                        ? new MlKem768X25519()
                        : BuiltinDHFactories.fromFactoryName(name));
    }

    /** MINA's exchange, but with the JDK's ML-KEM where the JDK has it. */
    private static final class MlKem768X25519 implements DHFactory {
        @Override
        public String getName() {
            return ML_KEM;
        }

        @Override
        public boolean isGroupExchange() {
            return false;
        }

        @Override
        public boolean isSupported() {
            return true;
        }

        @Override
        public AbstractDH create(Object... params) throws Exception {
            return new XDH(MontgomeryCurve.x25519, true) {
                @Override
                public KeyEncapsulationMethod getKeyEncapsulation() {
                    return JdkMlKem.available() ? new JdkMlKem() : BuiltinKEM.mlkem768;
                }

                @Override
                public Digest getHash() {
                    return BuiltinDigests.sha256.create();
                }
            };
        }
    }
}
