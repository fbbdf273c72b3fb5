package org.jetfanout.site.workers;

/**
 * One entry of the worker map: the workers of one group configure the hosts of another.
 *
 * @param from group of hosts, with the groups below it
 * @param to group of workers
 * @param line of the entry in workers.yml, from 1
 */
public record MapEntry(String from, String to, int line) {}
