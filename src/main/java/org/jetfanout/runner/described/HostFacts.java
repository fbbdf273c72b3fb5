package org.jetfanout.runner.described;

import java.util.Optional;

/** What is known of the hosts: the values of the placeholders of their file. */
interface HostFacts {
    /**
     * A value of a host.
     *
     * @param name {@code name}, {@code address}, {@code port}, {@code user}, or {@code vars.} and
     *     the name of a variable
     */
    Optional<Object> value(String host, String name);
}
