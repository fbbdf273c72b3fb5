package org.jetfanout.link;

import org.jetfanout.machine.RandomId;

/**
 * How an instance calls itself.
 *
 * @param name for people: the machine's, or what the user chose
 * @param id 128 random bits as hexadecimal digits, new with each start
 */
public record InstanceId(String name, String id) {
    /** An instance that has just started. */
    static InstanceId starting(String name) {
        return new InstanceId(name, RandomId.next());
    }
}
