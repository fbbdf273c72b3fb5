package org.jetfanout.demo;

/** Threads of the demo's machines: they never keep the program alive. */
final class Threads {
    private Threads() {}

    static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
