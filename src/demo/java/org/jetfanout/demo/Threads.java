package org.jetfanout.demo;

/** Makes threads for the demo's machines. They do not keep the program running. */
final class Threads {
    private Threads() {}

    static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
