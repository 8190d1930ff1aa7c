using System.Runtime.InteropServices;
using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>One walk of a value through a schema. Passed by reference, so a walk allocates nothing.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Validation
{
    // The bounds of SchemaCost hold at one place of the value; these hold for the whole walk. A step takes well under a microsecond.
    private const int MaxSteps = 1_000_000;
    private const int MaxDepth = 512;

    private int _steps;
    private int _depth;

    /// <summary>Where problems go; null when only the verdict is wanted, and then the walk ends at the first failure.</summary>
    public ProblemReport? Report { get; set; }

    /// <summary>What has been evaluated at this place; null when no <c>unevaluated…</c> keyword will ask.</summary>
    public Evaluated? Seen { get; set; }

    /// <summary>Set when the walk was given up; then its verdict means nothing.</summary>
    public bool Exhausted { get; private set; }

    /// <summary>Begins a node; false when there is no budget left.</summary>
    public bool Enter()
    {
        if (++_steps > MaxSteps || _depth >= MaxDepth)
            Exhausted = true;
        if (Exhausted)
            return false;
        _depth++;
        return true;
    }

    /// <summary>Ends a node.</summary>
    public void Leave() => _depth--;

    /// <summary>Checks the value of a property.</summary>
    public bool Property(SchemaNode schema, in JsonProperty property)
    {
        var mark = Report?.Push(property.Name) ?? 0;
        var valid = Child(schema, property.Value);
        Report?.Pop(mark);
        return valid;
    }

    /// <summary>Checks an item of an array.</summary>
    public bool Item(SchemaNode schema, in JsonElement item, int index)
    {
        var mark = Report?.Push(index) ?? 0;
        var valid = Child(schema, item);
        Report?.Pop(mark);
        return valid;
    }

    /// <summary>The bare verdict on another value, whatever is being reported or remembered here.</summary>
    public bool TestChild(SchemaNode schema, in JsonElement value)
    {
        var report = Report;
        Report = null;
        var valid = Child(schema, value);
        Report = report;
        return valid;
    }

    /// <summary>The bare verdict of a schema on the same value; what it evaluated counts only when it holds.</summary>
    public bool Test(SchemaNode schema, in JsonElement value) => Branch(schema, value, null);

    /// <summary>As <see cref="Test"/>, with problems to a report of the branch's own.</summary>
    public bool Branch(SchemaNode schema, in JsonElement value, ProblemReport? branchReport)
    {
        var (report, seen) = (Report, Seen);
        Report = branchReport;
        Seen = seen is null ? null : new Evaluated();
        var valid = schema.Check(value, ref this);
        if (valid && seen is not null)
            seen.Add(Seen!);
        (Report, Seen) = (report, seen);
        return valid;
    }

    private bool Child(SchemaNode schema, in JsonElement value)
    {
        var seen = Seen;
        Seen = null;
        var valid = schema.Check(value, ref this);
        Seen = seen;
        return valid;
    }
}
