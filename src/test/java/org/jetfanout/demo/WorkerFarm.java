package org.jetfanout.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.jetfanout.ssh.keys.JdkEd25519;
import org.jetfanout.testkit.FreePort;

/**
 * Very many workers in a process of its own: one SSH server on as many loopback addresses, each of
 * them a machine with a home of its own, where commands run with the real shell. They have a
 * runner, {@code jetp} in FOLDER.
 *
 * <pre>WorkerFarm FILE_OF_PUBLIC_KEY COUNT SUBNET RUNNER</pre>
 *
 * Says {@code ready PORT FOLDER HOST_KEY} when it listens on 127.0.SUBNET.1 to .250 and on in the
 * next subnets, and ends when its standard input does.
 */
public final class WorkerFarm {
    private static final int PER_SUBNET = 250;

    private final Account account;
    private final Map<String, Path> homes = new LinkedHashMap<>();

    private WorkerFarm(Path folder, int count, int subnet, Path runner) throws IOException {
        this.account = Account.ordinary(folder);
        for (int n = 0; n < count; n++) {
            String address = address(subnet, n);
            Path home = Files.createDirectory(folder.resolve(address));
            account.own(home);
            homes.put(address, home);
        }
        // where all may read it
        Path copy = Files.copy(runner, folder.resolve("jetp"));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The n-th address, from 0. */
    public static String address(int subnet, int n) {
        return "127.0." + (subnet + n / PER_SUBNET) + "." + (n % PER_SUBNET + 1);
    }

    public static void main(String[] words) throws Exception {
        JdkEd25519.install();
        PublicKey allowed =
                AuthorizedKeyEntry.parseAuthorizedKeyEntry(Files.readString(Path.of(words[0])))
                        .resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
        Path folder = Files.createTempDirectory("jetfarm");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            new WorkerFarm(
                            folder,
                            Integer.parseInt(words[1]),
                            Integer.parseInt(words[2]),
                            Path.of(words[3]))
                    .serve(allowed, folder);
        } finally {
            new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
        }
        System.exit(0);
    }

    private void serve(PublicKey allowed, Path folder)
            throws IOException, GeneralSecurityException {
        KeyPair hostKey = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        int port = FreePort.next();
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost(String.join(",", homes.keySet()));
        server.setPort(port);
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator(
                (user, key, session) -> KeyUtils.compareKeys(key, allowed));
        server.setCommandFactory(
                (channel, line) -> {
                    LoginShell shell = new LoginShell(home(channel.getSession()), account);
                    return new ShellCommand(environment -> shell.start(line, environment));
                });
        AgentForwarding.of(server, this::home, account);
        server.start();
        System.out.println(
                "ready %d %s %s"
                        .formatted(port, folder, PublicKeyEntry.toString(hostKey.getPublic())));
        System.in.transferTo(OutputStream.nullOutputStream());
        server.stop(true);
    }

    private Path home(Session session) {
        InetSocketAddress local = (InetSocketAddress) session.getIoSession().getLocalAddress();
        return homes.get(local.getAddress().getHostAddress());
    }
}
