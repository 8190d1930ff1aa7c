using System.Text.Json.Nodes;
using Granary.Instana.Time;

namespace Granary.Instana.Params;

/// <summary>An operation's parameters, read and checked; what is wrong with them; and what the caller should know.</summary>
internal sealed class BoundParams
{
    private const int MaxWarnings = 20;

    private readonly Dictionary<string, object> _values = [];
    private readonly List<InputProblem> _problems = [];
    private readonly List<string> _warnings = [];

    /// <summary>Everything that is wrong; an operation is carried out only when this is empty.</summary>
    public IReadOnlyList<InputProblem> Problems => _problems;

    /// <summary>What was understood otherwise than it was written, so that no intent is lost in silence.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The period; null where the operation has none, or none was given and none is needed.</summary>
    public TimeWindow? Window { get; set; }

    /// <summary>How the answer is to be given.</summary>
    public AnswerWishes Wishes { get; } = new();

    /// <summary>The parameters that were given, for a cursor that must not be used with others.</summary>
    public IEnumerable<KeyValuePair<string, object>> Given => _values.OrderBy(pair => pair.Key, StringComparer.Ordinal);

    public bool Has(string name) => _values.ContainsKey(name);

    public object? Value(string name) => _values.GetValueOrDefault(name);

    public string? Text(string name) => _values.GetValueOrDefault(name) as string;

    public long? Number(string name) => _values.TryGetValue(name, out var value) && value is long number ? number : null;

    public bool? Flag(string name) => _values.TryGetValue(name, out var value) && value is bool flag ? flag : null;

    public IReadOnlyList<string> List(string name) => _values.GetValueOrDefault(name) as IReadOnlyList<string> ?? [];

    public JsonNode? Json(string name) => _values.GetValueOrDefault(name) as JsonNode;

    public void Set(string name, object value) => _values[name] = value;

    public void Add(InputProblem problem) => _problems.Add(problem);

    public void Warn(string warning)
    {
        if (_warnings.Count < MaxWarnings && !_warnings.Contains(warning))
            _warnings.Add(warning);
    }
}

/// <summary>Parameters that every operation takes: how the answer is to be given, and whether a change may be made.</summary>
internal sealed class AnswerWishes
{
    public const int DefaultMaxChars = 20_000;

    public int MaxChars { get; set; } = DefaultMaxChars;

    public string? Cursor { get; set; }

    public bool Confirm { get; set; }

    public bool DryRun { get; set; }
}
