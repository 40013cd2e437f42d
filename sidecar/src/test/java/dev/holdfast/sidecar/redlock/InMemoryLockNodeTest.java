package dev.holdfast.sidecar.redlock;

/** The model keeps the contract itself. */
class InMemoryLockNodeTest extends LockNodeContract {

    private final InMemoryLockNode node = new InMemoryLockNode();

    @Override
    protected LockNode node() {
        return node;
    }

    @Override
    protected boolean keepsData() {
        return true;
    }

    @Override
    protected void restartEmpty() {
        node.wipe();
        node.restart();
    }

    @Override
    protected void restartWithData() {
        node.restart();
    }

    @Override
    protected void wipe() {
        node.wipe();
    }
}
