/** What travels to a worker: a deterministic archive and its content hash. */
package org.jetfanout.bundle;
