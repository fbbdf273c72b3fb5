/** The protocol with the worker: start, attach, cancel, clean; the script it speaks to. */
package org.jetfanout.job;
