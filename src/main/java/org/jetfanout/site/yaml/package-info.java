/**
 * YAML with file and line of every value, within limits of its own. Knows nothing of what it reads.
 */
package org.jetfanout.site.yaml;
