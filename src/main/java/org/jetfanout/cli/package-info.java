/**
 * The commands. In: the command line. Out: one exit code, and what people and programs read.
 * Commands only call other rooms.
 */
package org.jetfanout.cli;
