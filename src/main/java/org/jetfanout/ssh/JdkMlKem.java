package org.jetfanout.ssh;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;

/**
 * ML-KEM-768 (FIPS 203) of the JDK, which has it since version 24. It is called by reflection,
 * because this program is compiled for version 17.
 */
final class JdkMlKem implements KeyEncapsulationMethod {
    private static final String NAME = "ML-KEM-768";
    private static final int PUBLIC_KEY = 1184;
    private static final int ENCAPSULATION = 1088;

    /** Whether this JDK has it. */
    static boolean available() {
        return Holder.AVAILABLE;
    }

    private static final class Holder {
        private static final boolean AVAILABLE = find();

        private static boolean find() {
            try {
                Class.forName("javax.crypto.KEM");
                KeyPairGenerator.getInstance(NAME);
                return true;
            } catch (ClassNotFoundException | GeneralSecurityException e) {
                return false;
            }
        }
    }

    @Override
    public Client getClient() {
        return new JdkClient();
    }

    @Override
    public Server getServer() {
        throw new UnsupportedOperationException("we are no server");
    }

    private static final class JdkClient implements Client {
        // Mutable state, of the thread that exchanges keys
        private KeyPair pair;

        @Override
        public void init() {
            try {
                pair = KeyPairGenerator.getInstance(NAME).generateKeyPair();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this JDK has " + NAME, e);
            }
        }

        /** The last bytes of the encoded key are the key itself (RFC 9935). */
        @Override
        public byte[] getPublicKey() {
            byte[] encoded = pair.getPublic().getEncoded();
            return Arrays.copyOfRange(encoded, encoded.length - PUBLIC_KEY, encoded.length);
        }

        @Override
        public byte[] extractSecret(byte[] encapsulated) {
            if (encapsulated.length != ENCAPSULATION) {
                throw new IllegalArgumentException(
                        "an encapsulation of " + encapsulated.length + " bytes");
            }
            try {
                Class<?> kem = Class.forName("javax.crypto.KEM");
                Object instance = kem.getMethod("getInstance", String.class).invoke(null, NAME);
                Object decapsulator =
                        kem.getMethod("newDecapsulator", PrivateKey.class)
                                .invoke(instance, pair.getPrivate());
                Method decapsulate =
                        Class.forName("javax.crypto.KEM$Decapsulator")
                                .getMethod("decapsulate", byte[].class);
                SecretKey secret =
                        (SecretKey) decapsulate.invoke(decapsulator, (Object) encapsulated);
                return secret.getEncoded();
            } catch (InvocationTargetException e) {
                throw new IllegalArgumentException("not to be decapsulated", e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("this JDK has " + NAME, e);
            }
        }

        @Override
        public int getEncapsulationLength() {
            return ENCAPSULATION;
        }
    }
}
