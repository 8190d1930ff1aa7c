using System.Buffers;

namespace Granary.Vault.Canonical;

/// <summary>One pass over a JSON text that writes its canonical form. Members are written as they come and put in order when their object ends.</summary>
internal ref partial struct CanonicalScanner(ReadOnlySpan<byte> json, PooledBuffer output, Scratch scratch, int maxDepth, bool unique)
{
    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(i => (byte)i)]);

    private readonly ReadOnlySpan<byte> _json = json;
    private int _at;

    public void Run()
    {
        if (_json.StartsWith("\uFEFF"u8))
            throw Wrong("The text starts with a byte order mark");
        WriteValue(0);
        SkipSpace();
        if (_at < _json.Length)
            throw Wrong("Something follows the JSON value");
    }

    private void WriteValue(int depth)
    {
        SkipSpace();
        switch (Peek())
        {
            case (byte)'{':
                WriteObject(depth + 1);
                break;
            case (byte)'[':
                WriteArray(depth + 1);
                break;
            case (byte)'"':
                WriteString();
                break;
            case (byte)'t':
                WriteLiteral("true"u8);
                break;
            case (byte)'f':
                WriteLiteral("false"u8);
                break;
            case (byte)'n':
                WriteLiteral("null"u8);
                break;
            default:
                WriteNumber();
                break;
        }
    }

    private void WriteArray(int depth)
    {
        Enter(depth);
        output.Write((byte)'[');
        SkipSpace();
        if (Peek() == ']')
        {
            _at++;
            output.Write((byte)']');
            return;
        }
        while (true)
        {
            WriteValue(depth);
            SkipSpace();
            var next = Peek();
            if (next is not ((byte)',' or (byte)']'))
                throw Wrong("An array needs ',' or ']' here");
            _at++;
            output.Write(next);
            if (next == ']')
                return;
        }
    }

    private void WriteObject(int depth)
    {
        Enter(depth);
        output.Write((byte)'{');
        SkipSpace();
        if (Peek() == '}')
        {
            _at++;
            output.Write((byte)'}');
            return;
        }
        var frame = scratch.Members.Count;
        var inOrder = true;
        while (true)
        {
            SkipSpace();
            if (Peek() != '"')
                throw Wrong("An object needs a key in double quotes here");
            var start = output.Length;
            WriteString();
            var keyEnd = output.Length;
            SkipSpace();
            if (Peek() != ':')
                throw Wrong("An object needs ':' after its key");
            _at++;
            output.Write((byte)':');
            WriteValue(depth);
            var member = new Member(start, keyEnd, output.Length);
            if (scratch.Members.Count > frame)
                inOrder = inOrder && MemberOrder.CompareKeys(output.Written, scratch.Members[^1], member) < 0;
            scratch.Members.Add(member);
            SkipSpace();
            var next = Peek();
            if (next is not ((byte)',' or (byte)'}'))
                throw Wrong("An object needs ',' or '}' here");
            _at++;
            if (next == '}')
                break;
            output.Write((byte)',');
        }
        if (!inOrder && MemberOrder.Restore(output, scratch, frame) is { } twice && unique)
            throw Wrong($"The object that ends here has a duplicate member {twice}; every name may stand once in an object");
        scratch.Members.RemoveRange(frame, scratch.Members.Count - frame);
        output.Write((byte)'}');
    }

    private void WriteLiteral(ReadOnlySpan<byte> literal)
    {
        if (!_json[_at..].StartsWith(literal))
            throw Wrong("A JSON value is needed here");
        _at += literal.Length;
        output.Write(literal);
    }

    private void Enter(int depth)
    {
        if (depth > maxDepth)
            throw Wrong($"The text is nested deeper than {maxDepth} levels");
        _at++;
    }

    private void SkipSpace()
    {
        while (_at < _json.Length && _json[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            _at++;
    }

    private readonly byte Peek() => _at < _json.Length ? _json[_at] : throw Wrong("The text ends too early");

    private readonly CanonicalJsonException Wrong(string problem) => new(problem, _at);
}
