/**
 * The files that travel for jetp: playbooks, roles, modules, variables, and the inventory of one
 * batch. In: the source of the bundles. Out: the files of an archive, in the places where jetp
 * looks for them on the worker.
 */
package org.jetfanout.runner.jetp.bundle;
