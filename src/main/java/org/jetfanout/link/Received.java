package org.jetfanout.link;

/**
 * A message that has arrived. It was sealed with the shared key.
 *
 * @param from the sender's address, to answer to
 * @param sender who sent it
 * @param message what it says
 */
public record Received(String from, InstanceId sender, LinkMessage message) {}
