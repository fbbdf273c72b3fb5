package org.jetfanout.ssh;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jetfanout.machine.Home;

/**
 * The settings that all connections of a process share.
 *
 * @param files keys, known hosts and ssh_config
 * @param prompt asks for the passphrases of encrypted key files
 * @param keepAliveInterval time between two keep-alives
 * @param keepAliveMax how many keep-alives may stay unanswered; a dead worker is noticed after
 *     interval × (max + 1)
 * @param keyExchanges names of key exchange algorithms, best first, where ssh_config names none
 * @param nioThreads threads that read and write all connections
 * @param kept connections of earlier runs of this process; empty where it has one run
 */
public record SshSettings(
        SshFiles files,
        PassphrasePrompt prompt,
        Duration keepAliveInterval,
        int keepAliveMax,
        List<String> keyExchanges,
        int nioThreads,
        Optional<KeptConnections> kept) {
    /** Copies the list. */
    public SshSettings {
        keyExchanges = List.copyOf(keyExchanges);
    }

    /** The user's own files, a terminal for passphrases, and keep-alives like OpenSSH's. */
    public static SshSettings ofUser() {
        return of(
                SshFiles.ofUser(System.getenv(), Home.ofUser().path()),
                PassphrasePrompt.terminal());
    }

    /** These files, and defaults for everything else. */
    public static SshSettings of(SshFiles files, PassphrasePrompt prompt) {
        return new SshSettings(
                files,
                prompt,
                Duration.ofSeconds(15),
                3,
                KeyExchanges.USUAL,
                Runtime.getRuntime().availableProcessors() + 1,
                Optional.empty());
    }

    /** The same settings with other files. */
    public SshSettings withFiles(SshFiles others) {
        return new SshSettings(
                others, prompt, keepAliveInterval, keepAliveMax, keyExchanges, nioThreads, kept);
    }

    /** The same settings with another keep-alive. */
    public SshSettings withKeepAlive(Duration interval, int max) {
        return new SshSettings(files, prompt, interval, max, keyExchanges, nioThreads, kept);
    }

    /** The same settings with other key exchange algorithms. */
    public SshSettings withKeyExchanges(List<String> algorithms) {
        return new SshSettings(
                files, prompt, keepAliveInterval, keepAliveMax, algorithms, nioThreads, kept);
    }

    /** The same settings with another number of NIO threads. */
    public SshSettings withNioThreads(int threads) {
        return new SshSettings(
                files, prompt, keepAliveInterval, keepAliveMax, keyExchanges, threads, kept);
    }

    /** The same settings, with connections that outlive a run. */
    public SshSettings keeping(KeptConnections connections) {
        return new SshSettings(
                files,
                prompt,
                keepAliveInterval,
                keepAliveMax,
                keyExchanges,
                nioThreads,
                Optional.of(connections));
    }
}
