package org.jetfanout.ssh;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the addresses of a machine's name. */
@FunctionalInterface
interface HostNames {
    /** All addresses of a name, best first. */
    InetAddress[] all(String name) throws UnknownHostException;
}
