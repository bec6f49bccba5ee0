(scene) @class.around
(speech) @function.around
(speech (dialogue) @function.inside)
(note) @comment.around
(boneyard) @comment.around
