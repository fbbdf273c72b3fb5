/**
 * ansible-playbook: its command line here and on workers. The control machine's ansible says which
 * hosts a run addresses ({@code ask.py}). What travels is in {@code bundle}, what a worker's
 * ansible says in {@code output}. No other room knows ansible's words.
 */
package org.jetfanout.runner.ansible;
