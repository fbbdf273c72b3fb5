package org.jetfanout.site.workers;

/** {@code host_keys}: with whose known_hosts a runner verifies the hosts. */
public enum HostVerification {
    /** With those of the control machine, which travel to the worker. */
    CONTROL,
    /** With those of the worker's login. */
    WORKER,
    /** Not at all: each key is taken. */
    OFF
}
