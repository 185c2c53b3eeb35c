using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The pieces of a tokenizer and their ids, which are rows of the model's embedding.</summary>
internal sealed class TokenVocabulary
{
    private readonly HashSet<int> _ids = [];
    private readonly Dictionary<string, int> _pieces = new(StringComparer.Ordinal);
    private readonly int _rows;

    /// <param name="file">Name for messages.</param>
    /// <param name="rows">Rows of the embedding; it may have more than there are pieces, never fewer.</param>
    public TokenVocabulary(string file, int rows) => (File, _rows) = (file, rows);

    /// <summary>Gets the name for messages.</summary>
    public string File { get; }

    /// <summary>Gets the pieces and their ids: distinct, from 0 to the embedding's rows − 1.</summary>
    public IReadOnlyDictionary<string, int> Pieces => _pieces;

    /// <summary>Reads an object whose fields are the pieces and whose values are their ids.</summary>
    /// <param name="vocabulary">The object.</param>
    /// <param name="rows">Rows of the embedding.</param>
    /// <exception cref="InvalidDataException">An id is no whole number, out of range or given twice.</exception>
    public static TokenVocabulary FromObject(JsonFields vocabulary, int rows)
    {
        TokenVocabulary read = new(vocabulary.File, rows);
        foreach (JsonProperty field in vocabulary.Element.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.Number || !field.Value.TryGetInt32(out int id))
                throw vocabulary.Unexpected(field.Name, field.Value, "a token id");
            read.Add(field.Name, id);
        }
        return read;
    }

    /// <summary>Takes a list whose places are the ids.</summary>
    /// <param name="file">Name for messages.</param>
    /// <param name="pieces">The pieces; each once.</param>
    /// <param name="rows">Rows of the embedding.</param>
    /// <exception cref="InvalidDataException">A piece is there twice, or there are more pieces than rows.</exception>
    public static TokenVocabulary FromList(string file, IEnumerable<string> pieces, int rows)
    {
        TokenVocabulary read = new(file, rows);
        foreach (string piece in pieces)
            read.Add(piece, read._pieces.Count);
        return read;
    }

    private void Add(string piece, int id)
    {
        if (id < 0 || id >= _rows)
            throw new InvalidDataException($"'{File}' gives the piece '{piece}' the id {id}; the model's embedding has the rows 0 to {_rows - 1}. Tokenizer and weights do not belong together.");
        if (!_ids.Add(id))
            throw new InvalidDataException($"'{File}' gives the id {id} to two pieces, '{_pieces.First(entry => entry.Value == id).Key}' and '{piece}'.");
        if (!_pieces.TryAdd(piece, id))
            throw new InvalidDataException($"'{File}' holds the piece '{piece}' twice, with the ids {_pieces[piece]} and {id}.");
    }
}
