/** YAML files read with the place of every value, so that each error names file, line and key. */
package org.jetfanout.yaml;
