package org.jetfanout.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jetfanout.ExitCode;

/**
 * Carries out several command lines in one process: one in each line of standard input, its words
 * between blanks. So a class-data archive learns what all of them need (src/main/build/prepare).
 */
public final class Rehearsal {
    private Rehearsal() {}

    /** The entry point. It ends the JVM with the exit code of the first command that fails. */
    public static void main(String[] args) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int code = ExitCode.OK.code();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int ended = Main.program(line.split(" ", -1));
            code = code == ExitCode.OK.code() ? ended : code;
        }
        System.exit(code);
    }
}
