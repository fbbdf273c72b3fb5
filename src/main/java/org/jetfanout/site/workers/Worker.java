package org.jetfanout.site.workers;

/**
 * A machine on which the runner is started.
 *
 * @param name its inventory name
 * @param group the worker group for which it works
 * @param address name or address to connect to: {@code jet_ssh_hostname}, else the inventory name
 * @param port SSH port; 0 leaves it to ssh_config (22 where that says nothing)
 * @param user login name; empty leaves it to ssh_config (the local user where that says nothing)
 */
public record Worker(String name, String group, String address, int port, String user) {
    /**
     * Stands for the control machine in the plan, for the hosts that {@code unmatched: local}
     * leaves to it. It is in no worker group and has no address: nothing may connect to it.
     */
    public static final Worker CONTROL_MACHINE = new Worker("control-machine", "", "", 0, "");
}
