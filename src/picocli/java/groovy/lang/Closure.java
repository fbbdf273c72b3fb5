package groovy.lang;

/**
 * Nothing. picocli asks for this class of Groovy at each start. Where there is none, Java opens
 * every jar of the class path to find that out, which takes longer than all else that picocli does.
 */
public final class Closure {
    private Closure() {}
}
