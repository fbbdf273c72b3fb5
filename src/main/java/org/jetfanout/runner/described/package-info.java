/**
 * Runners that the user describes by files, without Java. In: a folder with {@code runner.yml}, and
 * the lines and events of such a runner. Out: its command line, the file of its hosts, results per
 * host. No other room knows the keys of runner.yml.
 */
package org.jetfanout.runner.described;
