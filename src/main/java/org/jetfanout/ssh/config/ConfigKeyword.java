package org.jetfanout.ssh.config;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How each keyword of ssh_config is treated. docs/ssh-config.md describes it for users. */
public enum ConfigKeyword {
    // these are followed
    HOST("Host", Use.FOLLOWED),
    INCLUDE("Include", Use.FOLLOWED),
    HOST_NAME("HostName", Use.FOLLOWED),
    PORT("Port", Use.FOLLOWED),
    USER("User", Use.FOLLOWED),
    IDENTITY_FILE("IdentityFile", Use.FOLLOWED),
    CERTIFICATE_FILE("CertificateFile", Use.FOLLOWED),
    IDENTITIES_ONLY("IdentitiesOnly", Use.FOLLOWED),
    IDENTITY_AGENT("IdentityAgent", Use.FOLLOWED),
    PROXY_JUMP("ProxyJump", Use.FOLLOWED),
    HOST_KEY_ALIAS("HostKeyAlias", Use.FOLLOWED),
    USER_KNOWN_HOSTS("UserKnownHostsFile", Use.FOLLOWED),
    GLOBAL_KNOWN_HOSTS("GlobalKnownHostsFile", Use.FOLLOWED),
    ADDRESS_FAMILY("AddressFamily", Use.FOLLOWED),
    BIND_ADDRESS("BindAddress", Use.FOLLOWED),
    KEX("KexAlgorithms", Use.FOLLOWED),
    CIPHERS("Ciphers", Use.FOLLOWED),
    MACS("MACs", Use.FOLLOWED),
    HOST_KEY_ALGORITHMS("HostKeyAlgorithms", Use.FOLLOWED),
    PUBKEY_ALGORITHMS("PubkeyAcceptedAlgorithms", Use.FOLLOWED),
    CA_ALGORITHMS("CASignatureAlgorithms", Use.FOLLOWED),
    REQUIRED_RSA_SIZE("RequiredRSASize", Use.FOLLOWED),
    IGNORE_UNKNOWN("IgnoreUnknown", Use.FOLLOWED),

    // these are not supported, unless the value switches them off
    PROXY_COMMAND("ProxyCommand", Use.REFUSED, "none"),
    BIND_INTERFACE("BindInterface", Use.REFUSED),
    KNOWN_HOSTS_COMMAND("KnownHostsCommand", Use.REFUSED, "none"),
    REVOKED_HOST_KEYS("RevokedHostKeys", Use.REFUSED, "none"),
    PKCS11_PROVIDER("PKCS11Provider", Use.REFUSED, "none"),
    PUBKEY_AUTHENTICATION(
            "PubkeyAuthentication", Use.REFUSED, "yes", "true", "unbound", "host-bound"),
    REFUSE_CONNECTION("RefuseConnection", Use.REFUSED),

    // ssh itself decides these
    MATCH("Match", Use.ASKED),
    CANONICALIZE_HOSTNAME("CanonicalizeHostname", Use.ASKED, "no", "false", "none"),

    // these do not change the address, the login or whom we trust: we have no use for them, are
    // stricter, or have a setting of our own
    ADD_KEYS_TO_AGENT("AddKeysToAgent", Use.NONE),
    BATCH_MODE("BatchMode", Use.NONE),
    CANONICAL_DOMAINS("CanonicalDomains", Use.NONE),
    CANONICALIZE_FALLBACK_LOCAL("CanonicalizeFallbackLocal", Use.NONE),
    CANONICALIZE_MAX_DOTS("CanonicalizeMaxDots", Use.NONE),
    CANONICALIZE_PERMITTED_CNAMES("CanonicalizePermittedCNAMEs", Use.NONE),
    CHANNEL_TIMEOUT("ChannelTimeout", Use.NONE),
    CHECK_HOST_IP("CheckHostIP", Use.NONE),
    CLEAR_ALL_FORWARDINGS("ClearAllForwardings", Use.NONE),
    COMPRESSION("Compression", Use.NONE),
    CONNECTION_ATTEMPTS("ConnectionAttempts", Use.NONE),
    CONNECT_TIMEOUT("ConnectTimeout", Use.NONE),
    CONTROL_MASTER("ControlMaster", Use.NONE),
    CONTROL_PATH("ControlPath", Use.NONE),
    CONTROL_PERSIST("ControlPersist", Use.NONE),
    DYNAMIC_FORWARD("DynamicForward", Use.NONE),
    ENABLE_ESCAPE("EnableEscapeCommandline", Use.NONE),
    ENABLE_SSH_KEYSIGN("EnableSSHKeysign", Use.NONE),
    ESCAPE_CHAR("EscapeChar", Use.NONE),
    EXIT_ON_FORWARD_FAILURE("ExitOnForwardFailure", Use.NONE),
    FINGERPRINT_HASH("FingerprintHash", Use.NONE),
    FORK("ForkAfterAuthentication", Use.NONE),
    FORWARD_AGENT("ForwardAgent", Use.NONE),
    FORWARD_X11("ForwardX11", Use.NONE),
    FORWARD_X11_TIMEOUT("ForwardX11Timeout", Use.NONE),
    FORWARD_X11_TRUSTED("ForwardX11Trusted", Use.NONE),
    GATEWAY_PORTS("GatewayPorts", Use.NONE),
    GSSAPI_AUTHENTICATION("GSSAPIAuthentication", Use.NONE),
    GSSAPI_CLIENT_IDENTITY("GSSAPIClientIdentity", Use.NONE),
    GSSAPI_DELEGATE("GSSAPIDelegateCredentials", Use.NONE),
    GSSAPI_KEX("GSSAPIKexAlgorithms", Use.NONE),
    GSSAPI_KEY_EXCHANGE("GSSAPIKeyExchange", Use.NONE),
    GSSAPI_REKEY("GSSAPIRenewalForcesRekey", Use.NONE),
    GSSAPI_SERVER_IDENTITY("GSSAPIServerIdentity", Use.NONE),
    GSSAPI_TRUST_DNS("GSSAPITrustDns", Use.NONE),
    HASH_KNOWN_HOSTS("HashKnownHosts", Use.NONE),
    HOSTBASED_ALGORITHMS("HostbasedAcceptedAlgorithms", Use.NONE),
    HOSTBASED_AUTHENTICATION("HostbasedAuthentication", Use.NONE),
    HOSTBASED_KEY_TYPES("HostbasedKeyTypes", Use.NONE),
    IPQOS("IPQoS", Use.NONE),
    KBD_AUTHENTICATION("KbdInteractiveAuthentication", Use.NONE),
    KBD_DEVICES("KbdInteractiveDevices", Use.NONE),
    LOCAL_COMMAND("LocalCommand", Use.NONE),
    LOCAL_FORWARD("LocalForward", Use.NONE),
    LOG_LEVEL("LogLevel", Use.NONE),
    LOG_VERBOSE("LogVerbose", Use.NONE),
    NO_LOCALHOST("NoHostAuthenticationForLocalhost", Use.NONE),
    NUMBER_OF_PROMPTS("NumberOfPasswordPrompts", Use.NONE),
    OBSCURE_KEYSTROKES("ObscureKeystrokeTiming", Use.NONE),
    PASSWORD_AUTHENTICATION("PasswordAuthentication", Use.NONE),
    PERMIT_LOCAL_COMMAND("PermitLocalCommand", Use.NONE),
    PERMIT_REMOTE_OPEN("PermitRemoteOpen", Use.NONE),
    PREFERRED_AUTHENTICATIONS("PreferredAuthentications", Use.NONE),
    PROTOCOL("Protocol", Use.NONE),
    PROXY_USE_FDPASS("ProxyUseFdpass", Use.NONE),
    REKEY_LIMIT("RekeyLimit", Use.NONE),
    REMOTE_COMMAND("RemoteCommand", Use.NONE),
    REMOTE_FORWARD("RemoteForward", Use.NONE),
    REQUEST_TTY("RequestTTY", Use.NONE),
    SECURITY_KEY_PROVIDER("SecurityKeyProvider", Use.NONE),
    SEND_ENV("SendEnv", Use.NONE),
    SERVER_ALIVE_COUNT_MAX("ServerAliveCountMax", Use.NONE),
    SERVER_ALIVE_INTERVAL("ServerAliveInterval", Use.NONE),
    SESSION_TYPE("SessionType", Use.NONE),
    SET_ENV("SetEnv", Use.NONE),
    STDIN_NULL("StdinNull", Use.NONE),
    STREAM_MASK("StreamLocalBindMask", Use.NONE),
    STREAM_UNLINK("StreamLocalBindUnlink", Use.NONE),
    STRICT_HOST_KEY_CHECKING("StrictHostKeyChecking", Use.NONE),
    SYSLOG_FACILITY("SyslogFacility", Use.NONE),
    TAG("Tag", Use.NONE),
    TCP_KEEP_ALIVE("TCPKeepAlive", Use.NONE),
    TUNNEL("Tunnel", Use.NONE),
    TUNNEL_DEVICE("TunnelDevice", Use.NONE),
    UPDATE_HOST_KEYS("UpdateHostKeys", Use.NONE),
    VERIFY_HOST_KEY_DNS("VerifyHostKeyDNS", Use.NONE),
    VERSION_ADDENDUM("VersionAddendum", Use.NONE),
    VISUAL_HOST_KEY("VisualHostKey", Use.NONE),
    WARN_WEAK_CRYPTO("WarnWeakCrypto", Use.NONE),
    X_AUTH_LOCATION("XAuthLocation", Use.NONE);

    /** How a keyword is treated. */
    enum Use {
        /** As in ssh. */
        FOLLOWED,
        /** A machine with it is refused. */
        REFUSED,
        /** ssh is asked for the result. */
        ASKED,
        /** It is ignored. */
        NONE
    }

    private static final Map<String, ConfigKeyword> BY_NAME =
            Stream.of(values()).collect(Collectors.toMap(ConfigKeyword::key, Function.identity()));

    /** Older names. */
    private static final Map<String, ConfigKeyword> OLD =
            Map.of(
                    "pubkeyacceptedkeytypes", PUBKEY_ALGORITHMS,
                    "challengeresponseauthentication", KBD_AUTHENTICATION);

    private final String written;
    private final Use use;
    private final String idle; // words between blanks

    ConfigKeyword(String written, Use use, String... idle) {
        this.written = written;
        this.use = use;
        this.idle = " " + String.join(" ", idle) + " ";
    }

    /** The keyword of this name; empty for one that OpenSSH 10 does not have. */
    static Optional<ConfigKeyword> of(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        return Optional.ofNullable(BY_NAME.getOrDefault(key, OLD.get(key)));
    }

    /** The name in the form of ssh_config(5). */
    String written() {
        return written;
    }

    /** The name in the form of {@code ssh -G}. */
    String key() {
        return written.toLowerCase(Locale.ROOT);
    }

    Use use() {
        return use;
    }

    /** Whether a value switches the keyword off. */
    boolean idle(String value) {
        return !value.isEmpty() && idle.contains(" " + value.toLowerCase(Locale.ROOT) + " ");
    }
}
