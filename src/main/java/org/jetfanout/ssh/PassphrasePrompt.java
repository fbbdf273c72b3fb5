package org.jetfanout.ssh;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/** Asks for the passphrase of an encrypted key file. Calls never overlap. */
@FunctionalInterface
public interface PassphrasePrompt {
    /**
     * Asks the user, without echo.
     *
     * @param question what to show
     * @return what the user typed; empty where there is nobody to ask, or no answer
     */
    Optional<char[]> ask(String question);

    /** Asks on the terminal of this process, if it has one. */
    @SuppressWarnings("SystemConsoleNull") // null on 17; isTerminal tells on 22 and later
    static PassphrasePrompt terminal() {
        return question -> {
            Console console = System.console();
            return console == null || !isTerminal(console)
                    ? Optional.empty()
                    : Optional.ofNullable(console.readPassword("%s", question));
        };
    }

    /** Asks nobody. */
    static PassphrasePrompt none() {
        return question -> Optional.empty();
    }

    /**
     * Whether a console is a terminal. Since JDK 22 there is a console even without a terminal, and
     * a method that tells.
     */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
