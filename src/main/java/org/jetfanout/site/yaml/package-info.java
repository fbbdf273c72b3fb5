/**
 * Reads YAML and JSON within fixed limits. In: a text. Out: values with file and line. It does not
 * know what the values mean.
 */
package org.jetfanout.site.yaml;
