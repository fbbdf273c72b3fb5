/**
 * Questions about runs whose records are at other instances. In: a command ({@code status}, {@code
 * logs}, …) and the run that it is about. Out: what that command prints where the record is. Who
 * answers starts the same command there, as a process of its own; so this room knows no more of a
 * run than its name.
 */
package org.jetfanout.question;
