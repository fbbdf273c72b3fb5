package org.jetfanout.ssh.keys;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.interfaces.EdECKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.KeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.sshd.common.config.keys.PrivateKeyEntryDecoder;
import org.apache.sshd.common.config.keys.PublicKeyEntryDecoder;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.security.AbstractSecurityProviderRegistrar;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.common.util.security.eddsa.generic.EdDSASupport;
import org.apache.sshd.common.util.security.eddsa.generic.GenericEd25519PublicKeyDecoder;
import org.apache.sshd.common.util.security.eddsa.generic.GenericOpenSSHEd25519PrivateKeyEntryDecoder;
import org.apache.sshd.common.util.security.eddsa.generic.GenericSignatureEd25519;

/**
 * Makes MINA use the JDK's own Ed25519. Otherwise MINA uses Bouncy Castle, which costs a short run
 * 0.4 s and 110 MB. Stateless and thread-safe.
 */
public final class JdkEd25519 extends AbstractSecurityProviderRegistrar {
    private static final String ALGORITHM = "Ed25519";

    /** MINA creates an object by the class name that {@link #install} sets. */
    public JdkEd25519() {
        super("JdkEd25519");
    }

    /**
     * Makes MINA use this class. MINA looks for algorithms once, so this has an effect only before
     * the first use of MINA in this JVM. The classes of this package that may be the first do so
     * themselves. A program that uses other classes of MINA first must call this before.
     */
    public static void install() {
        System.setProperty(
                SecurityUtils.SECURITY_PROVIDER_REGISTRARS,
                "org.apache.sshd.common.util.security.SunJCESecurityProviderRegistrar,"
                        + JdkEd25519.class.getName());
    }

    @Override
    public boolean isEnabled() {
        return true;
    }

    @Override
    public String getProviderName() {
        return "SunEC";
    }

    @Override
    public boolean isNamedProviderUsed() {
        return false;
    }

    @Override
    public Provider getSecurityProvider() {
        return Security.getProvider(getProviderName());
    }

    @Override
    public boolean isSupported() {
        return getSecurityProvider() != null;
    }

    @Override
    public String getDefaultSecurityEntitySupportValue(Class<?> entityType) {
        return ""; // for nothing but EdDSA: all else comes from the JDK's defaults
    }

    @Override
    public Optional<EdDSASupport<?, ?>> getEdDSASupport() {
        return Optional.of(new Support());
    }

    private static final class Support implements EdDSASupport<EdECPublicKey, EdECPrivateKey> {
        /** The bytes before the 32 raw bytes in the JDK's encodings (RFC 8410). */
        private static final byte[] PUBLIC_PREFIX =
                HexFormat.of().parseHex("302a300506032b6570032100");

        private static final byte[] PRIVATE_PREFIX =
                HexFormat.of().parseHex("302e020100300506032b657004220420");

        @Override
        public PublicKeyEntryDecoder<EdECPublicKey, EdECPrivateKey>
                getEDDSAPublicKeyEntryDecoder() {
            return new GenericEd25519PublicKeyDecoder<>(
                    EdECPublicKey.class, EdECPrivateKey.class, this);
        }

        @Override
        public PrivateKeyEntryDecoder<EdECPublicKey, EdECPrivateKey>
                getOpenSSHEDDSAPrivateKeyEntryDecoder() {
            return new GenericOpenSSHEd25519PrivateKeyEntryDecoder<>(
                    EdECPublicKey.class, EdECPrivateKey.class, this);
        }

        @Override
        public Signature getEDDSASigner() {
            return new GenericSignatureEd25519(ALGORITHM);
        }

        @Override
        public int getEDDSAKeySize(Key key) {
            return key instanceof EdECKey ? KEY_SIZE : -1;
        }

        @Override
        public Class<EdECPublicKey> getEDDSAPublicKeyType() {
            return EdECPublicKey.class;
        }

        @Override
        public Class<EdECPrivateKey> getEDDSAPrivateKeyType() {
            return EdECPrivateKey.class;
        }

        @Override
        public boolean compareEDDSAPPublicKeys(PublicKey one, PublicKey other) {
            return one instanceof EdECPublicKey
                    && other instanceof EdECPublicKey
                    && Arrays.equals(one.getEncoded(), other.getEncoded());
        }

        @Override
        public boolean compareEDDSAPrivateKeys(PrivateKey one, PrivateKey other) {
            return one instanceof EdECPrivateKey
                    && other instanceof EdECPrivateKey
                    && MessageDigest.isEqual(one.getEncoded(), other.getEncoded());
        }

        @Override
        public EdECPublicKey recoverEDDSAPublicKey(PrivateKey key) throws GeneralSecurityException {
            byte[] seed =
                    ((EdECPrivateKey) key)
                            .getBytes()
                            .orElseThrow(() -> new InvalidKeyException("no key bytes"));
            // The JDK derives a public key only while it makes a pair; it draws the seed from the
            // random source that it is given, so we give it the seed.
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new Replay(seed));
            KeyPair pair = generator.generateKeyPair();
            byte[] drawn = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElse(new byte[0]);
            if (!MessageDigest.isEqual(drawn, seed)) {
                throw new InvalidKeyException("cannot derive the public key");
            }
            return (EdECPublicKey) pair.getPublic();
        }

        @Override
        public EdECPublicKey generateEDDSAPublicKey(byte[] raw) throws GeneralSecurityException {
            return (EdECPublicKey)
                    keys().generatePublic(new X509EncodedKeySpec(join(PUBLIC_PREFIX, raw)));
        }

        @Override
        public EdECPrivateKey generateEDDSAPrivateKey(byte[] seed) throws GeneralSecurityException {
            return (EdECPrivateKey)
                    keys().generatePrivate(new PKCS8EncodedKeySpec(join(PRIVATE_PREFIX, seed)));
        }

        @Override
        public <B extends Buffer> B putRawEDDSAPublicKey(B buffer, PublicKey key) {
            buffer.putBytes(raw(key));
            return buffer;
        }

        @Override
        public <B extends Buffer> B putEDDSAKeyPair(
                B buffer, PublicKey publicKey, PrivateKey privateKey) {
            // only for adding keys to an agent, which we never do
            throw new UnsupportedOperationException("adding an Ed25519 key to an agent");
        }

        @Override
        public KeySpec createPublicKeySpec(EdECPublicKey key) {
            return new X509EncodedKeySpec(key.getEncoded());
        }

        @Override
        public KeySpec createPrivateKeySpec(EdECPrivateKey key) {
            return new PKCS8EncodedKeySpec(key.getEncoded());
        }

        @Override
        public byte[] getPublicKeyData(EdECPublicKey key) {
            return raw(key);
        }

        @Override
        public byte[] getPrivateKeyData(EdECPrivateKey key) {
            return key.getBytes().orElseThrow();
        }

        @Override
        public String getKeyFactoryAlgorithm() {
            return ALGORITHM;
        }

        private static KeyFactory keys() throws GeneralSecurityException {
            return KeyFactory.getInstance(ALGORITHM);
        }

        private static byte[] raw(PublicKey key) {
            byte[] encoded = key.getEncoded();
            return Arrays.copyOfRange(encoded, PUBLIC_PREFIX.length, encoded.length);
        }

        private static byte[] join(byte[] prefix, byte[] raw) {
            byte[] joined = Arrays.copyOf(prefix, prefix.length + raw.length);
            System.arraycopy(raw, 0, joined, prefix.length, raw.length);
            return joined;
        }
    }

    /** A source of "random" bytes that gives a known seed. */
    private static final class Replay extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final byte[] seed;

        Replay(byte[] seed) {
            super(null, null);
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }
}
