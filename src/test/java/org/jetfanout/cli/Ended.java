package org.jetfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.logging.Logger;

/**
 * A command line of the program that was carried out in this JVM: its exit code, and what it wrote
 * to standard output and standard error. Tests that use it hold the locks of both.
 */
record Ended(int exit, String out, String err) {
    /** For whom this thread and those that it starts write. */
    private static final InheritableThreadLocal<Object> FOR = new InheritableThreadLocal<>();

    static {
        // it takes the standard error that it finds at first
        Logger.getLogger("").getHandlers();
    }

    /** Carries out a command line. */
    static Ended of(String... words) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        FOR.set(outBytes);
        try {
            System.setOut(new PrintStream(new Taken(outBytes, outBytes, out), true, UTF_8));
            System.setErr(new PrintStream(new Taken(outBytes, errBytes, err), true, UTF_8));
            int exit = Main.execute(words);
            return new Ended(exit, outBytes.toString(UTF_8), errBytes.toString(UTF_8));
        } finally {
            FOR.remove();
            System.setOut(out);
            System.setErr(err);
        }
    }

    /**
     * Takes what the command line writes; what a test beside it writes goes on to where it went.
     */
    private static final class Taken extends OutputStream {
        private final Object reader;
        private final OutputStream taken;
        private final OutputStream others;

        Taken(Object reader, OutputStream taken, OutputStream others) {
            this.reader = reader;
            this.taken = taken;
            this.others = others;
        }

        @Override
        public void write(int one) throws IOException {
            to().write(one);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            to().write(bytes, from, length);
        }

        private OutputStream to() {
            return FOR.get() == reader ? taken : others;
        }
    }
}
