namespace Granary.Vault.Canonical;

/// <summary>The position of one member of an object in the output: of its key with quotes, and of all of it.</summary>
internal readonly record struct Member(int Start, int KeyEnd, int End);

/// <summary>Working memory of the scanner, one per thread.</summary>
internal sealed class Scratch
{
    [ThreadStatic]
    private static Scratch? spare;

    public List<Member> Members { get; } = [];

    public PooledBuffer Buffer { get; private set; } = new();

    public static Scratch Take()
    {
        var taken = spare ?? new Scratch();
        spare = null;
        return taken;
    }

    public void Return()
    {
        Members.Clear();
        Buffer.Clear();
        // A single huge text must not hold its memory for ever.
        if (Members.Capacity > 4096)
            Members.Capacity = 0;
        if (Buffer.GetSpan().Length > 256 * 1024)
        {
            Buffer.Dispose();
            Buffer = new PooledBuffer();
        }
        spare = this;
    }
}
