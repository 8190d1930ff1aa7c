using System.Text;
using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>Collects problems, and knows the place in the value that is being checked.</summary>
internal sealed class ProblemReport
{
    private const int MaxNameLength = 64;

    private readonly string _root;
    private readonly StringBuilder _path;
    private readonly List<SchemaProblem> _problems = [];

    public ProblemReport(string root, string path = "")
    {
        _root = root;
        _path = new StringBuilder(path);
    }

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<SchemaProblem> Problems => _problems;

    /// <summary>Whether nothing more will be listed.</summary>
    public bool Full => _problems.Count >= JsonSchema.MaxProblems;

    /// <summary>An empty report that begins at the same place.</summary>
    public ProblemReport Fork() => new(_root, _path.ToString());

    /// <summary>Goes into a property; the result takes <see cref="Pop"/> back.</summary>
    public int Push(string property)
    {
        var mark = _path.Length;
        if (property.Length > MaxNameLength)
            property = string.Concat(property.AsSpan(0, MaxNameLength), "…");
        if (property.Length == 0 || !property.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            _path.Append("[\"").Append(JsonEncodedText.Encode(property)).Append("\"]");
        else if (mark == 0)
            _path.Append(property);
        else
            _path.Append('.').Append(property);
        return mark;
    }

    /// <summary>Goes into an item.</summary>
    public int Push(int index)
    {
        var mark = _path.Length;
        _path.Append('[').Append(index).Append(']');
        return mark;
    }

    /// <summary>Goes back to where a push was.</summary>
    public void Pop(int mark) => _path.Length = mark;

    /// <summary>A problem with the value at this place, said as <c>place: problem</c>.</summary>
    public void Add(string problem)
    {
        if (!Full)
            _problems.Add(new SchemaProblem(_path.ToString(), $"{Place}: {problem}"));
    }

    /// <summary>A problem with a property of the value at this place, said as <c>property problem</c>.</summary>
    public void AddAbout(string property, string problem)
    {
        if (Full)
            return;
        var mark = Push(property);
        _problems.Add(new SchemaProblem(_path.ToString(), $"{_path} {problem}"));
        Pop(mark);
    }

    private string Place => _path.Length == 0 ? _root : _path.ToString();
}
