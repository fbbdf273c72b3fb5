package org.jetfanout.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {
    @TempDir private Path folder;

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void onlyTheOwnerReadsThem() throws IOException {
        Path file = PrivateFiles.write(folder.resolve("a/b"), "secret", new byte[] {1});
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(file.getParent())).isEqualTo("rwx------");
        Path open = Files.writeString(folder.resolve("open"), "old");
        try (OutputStream out = PrivateFiles.create(open)) {
            assertThat(mode(open)).isEqualTo("rw-------");
            out.write('n');
        }
        assertThat(open).hasContent("n");
    }

    @Test
    void theOldFileStaysWhereTheNewOneCannotBeWritten() throws IOException {
        Path file = PrivateFiles.write(folder, "f", new byte[] {'o', 'l', 'd'});
        assertThatThrownBy(
                        () ->
                                PrivateFiles.replace(
                                        file,
                                        true,
                                        out -> {
                                            out.write('n');
                                            throw new IOException("disk full");
                                        }))
                .hasMessage("disk full");
        assertThat(file).hasContent("old");
        assertThat(folder).isDirectoryContaining(file::equals);
        assertThat(folder.toFile().list()).containsExactly("f");
    }

    @Test
    void removesLinksAndNotWhatTheyPointTo() throws IOException {
        Path kept = Files.writeString(folder.resolve("kept"), "x");
        Path gone = Files.createDirectories(folder.resolve("gone/deep"));
        Files.createSymbolicLink(gone.resolve("link"), kept);
        PrivateFiles.remove(folder.resolve("gone"));
        PrivateFiles.remove(folder.resolve("gone"));
        assertThat(folder.toFile().list()).containsExactly("kept");
    }
}
