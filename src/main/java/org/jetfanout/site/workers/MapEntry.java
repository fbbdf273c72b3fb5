package org.jetfanout.site.workers;

/**
 * One entry of the worker map: the hosts of one group are configured by the workers of another.
 *
 * @param from group of hosts, groups below it included
 * @param to group of workers
 * @param line line in workers.yml, from 1
 */
public record MapEntry(String from, String to, int line) {}
