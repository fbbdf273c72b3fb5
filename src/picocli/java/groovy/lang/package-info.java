/** Groovy's package, of which picocli wants one class. */
package groovy.lang;
