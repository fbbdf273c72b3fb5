/** Where log records go: each sink reads the run record on from its own durable position. */
package org.jetfanout.sink;
