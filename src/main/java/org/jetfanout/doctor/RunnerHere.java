package org.jetfanout.doctor;

/** The runners whose programs jet-fanout may start on this machine. */
public enum RunnerHere {
    JETP("jetp", false),
    JETPACK("jetpack", false),
    /** It says which hosts the plays address, so this machine has it in any case. */
    ANSIBLE("ansible-playbook", true),
    /** Commands and scripts go to hosts by OpenSSH. */
    EXEC("ssh", false);

    private final String program;
    private final boolean always;

    RunnerHere(String program, boolean always) {
        this.program = program;
        this.always = always;
    }

    String program() {
        return program;
    }

    /** Whether this machine needs the program even where only workers configure hosts. */
    boolean always() {
        return always;
    }
}
