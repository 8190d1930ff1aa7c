namespace Granary.Instana.Params;

/// <summary>An operation's parameters, read and checked; what is wrong with them; and what was ignored.</summary>
internal sealed class BoundParams
{
    private const int MaxWarnings = 20;

    private readonly Dictionary<string, object> _values = [];
    private readonly List<InputProblem> _problems = [];
    private readonly List<string> _warnings = [];

    /// <summary>Everything that is wrong; an operation is carried out only when this is empty.</summary>
    public IReadOnlyList<InputProblem> Problems => _problems;

    /// <summary>What was ignored, so that no intent is lost in silence.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Text(string name) => _values.GetValueOrDefault(name) as string;

    public long? Number(string name) => _values.TryGetValue(name, out var value) ? (long)value : null;

    public bool? Flag(string name) => _values.TryGetValue(name, out var value) ? (bool)value : null;

    public IReadOnlyList<string> List(string name) => _values.GetValueOrDefault(name) as IReadOnlyList<string> ?? [];

    public TimeSpan? Range(string name) => _values.TryGetValue(name, out var value) ? (TimeSpan)value : null;

    public void Set(string name, object value) => _values[name] = value;

    public void Add(InputProblem problem) => _problems.Add(problem);

    public void Warn(string warning)
    {
        if (_warnings.Count < MaxWarnings)
            _warnings.Add(warning);
    }
}
