package org.jetfanout.cli;

import org.jetfanout.run.RunRequest;

/** A command that starts a run. */
interface StartsRun {
    /** What its command line asks for, checked as far as the command line alone allows. */
    RunRequest request();
}
