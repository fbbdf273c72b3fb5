/** How things travel to a worker: a deterministic archive of files and folders, in two parts. */
package org.jetfanout.bundle;
