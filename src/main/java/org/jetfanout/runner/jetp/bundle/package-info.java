/**
 * What travels for jetp: playbooks, roles, modules, variables, and the inventory of one batch. In:
 * what bundles are made of. Out: the files of an archive, as jetp finds them on the worker.
 */
package org.jetfanout.runner.jetp.bundle;
