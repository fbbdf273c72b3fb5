/** The commands: arguments in, exit code out, nothing else. */
package org.jetfanout.cli;
