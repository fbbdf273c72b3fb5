/**
 * The plain event format, for runners that have no format of their own: what our own scripts and
 * the filters of users write, and how it is read. In: lines and events of a worker. Out: results of
 * hosts. docs/runners.md describes the format. No other room knows its words.
 */
package org.jetfanout.runner.events;
