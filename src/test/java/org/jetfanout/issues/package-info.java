/**
 * A regression test for each bug that somebody reported in public; there is none yet.
 *
 * <p>To add one: the class is named after the report, {@code Issue123Test}, or {@code Issue123IT}
 * where it starts whole programs. Its comment has the link to the report, and in one sentence what
 * went wrong. It does what the reporter did, with what the reporter had, through the program or a
 * public class, and fails without the fix. One report is one class: two with the same cause are two
 * classes.
 *
 * <p>A report about a library or a runner that jet-fanout works around stays with the test of that
 * work-around, which has the link: {@code QueueRoutesTest} for CVE-2026-40453, {@code
 * ComposeFileIT} for CVE-2026-57967.
 */
package org.jetfanout.issues;
