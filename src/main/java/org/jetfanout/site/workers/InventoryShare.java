package org.jetfanout.site.workers;

/** {@code inventory}: how much of an inventory of ansible a worker gets. */
public enum InventoryShare {
    /** All hosts with their variables, so that templates can refer to other hosts. */
    WHOLE,
    /** The hosts of the batch. */
    SLICE
}
