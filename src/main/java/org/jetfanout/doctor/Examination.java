package org.jetfanout.doctor;

import java.util.List;

/** Looks at one thing of this machine, and changes nothing. */
interface Examination {
    List<Finding> findings();
}
